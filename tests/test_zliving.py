import pytest, time
from tests import living
@pytest.mark.django_db
def test_it():
    t=time.time()
    x=living.lived_in()
    print(time.time()-t, x.objects)
